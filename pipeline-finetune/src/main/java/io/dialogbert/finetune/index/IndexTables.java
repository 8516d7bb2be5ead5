package io.dialogbert.finetune.index;

import io.dialogbert.finetune.inference.SentenceVectors;

/** Names of what build-index writes. */
public final class IndexTables {
  /** A query, and the reply that most people gave to it. */
  public static final String PAIRS = "pairs";

  /** Texts that answer something. */
  public static final String REPLIES = "replies";

  /** Of the job, in errors. */
  public static final String JOB = "build-index";

  /** Inputs, by the names that the manifest gives them. */
  public static final String SIMILARITY = "similarity";

  public static final String REPLY = "reply";

  /** Number of a text within its language, from 0. */
  public static final String ROW = "row";

  public static final String LANG = "lang";
  public static final String QUERY_TEXT = "query";
  public static final String REPLY_TEXT = "reply";
  public static final String PEOPLE = "people";
  public static final String VECTOR = SentenceVectors.VECTOR;

  private static final String GRAPH_FILE = "graph";

  private IndexTables() {}

  /** The directory of a table's graph for one language, relative to the index. */
  public static String graph(String table, String lang) {
    return "graphs/" + table + "/" + lang;
  }

  /** The name of a file of Lucene's, whose own begins like that of a hidden file. */
  public static String graphFile(String lucene) {
    return GRAPH_FILE + lucene;
  }

  /** Lucene's name of a file of a graph. */
  public static String luceneFile(String graphFile) {
    return graphFile.substring(GRAPH_FILE.length());
  }
}
