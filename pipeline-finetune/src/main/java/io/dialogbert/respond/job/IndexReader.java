package io.dialogbert.respond.job;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.index.IndexTables;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.respond.BatchedSearch;
import io.dialogbert.respond.IndexedTexts;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.search.ExactSearch;
import io.dialogbert.respond.search.HnswSearch;
import io.dialogbert.respond.search.VectorSearch;
import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Reads a table of an index into memory, without Spark. */
final class IndexReader {
  private final JobContext job;
  private final String index;
  private final String table;
  private final Consumer<Responder.Resource> resources;
  private final Map<String, Language> languages = new HashMap<>();

  /** The rows of a language. */
  private static final class Language {
    private final String[] queries;
    private final String[] replies;
    private final long[] people;
    private final VectorSearch graph;
    private ExactSearch.Builder vectors;

    /**
     * Space for rows.
     *
     * @param graph null if vectors are to be read
     */
    Language(int size, VectorSearch graph) {
      this.queries = new String[size];
      this.replies = new String[size];
      this.people = new long[size];
      this.graph = graph;
    }

    void add(Group row, boolean hasQuery) {
      int number = row.getInteger(IndexTables.ROW, 0);
      queries[number] = hasQuery ? row.getString(IndexTables.QUERY_TEXT, 0) : "";
      replies[number] = row.getString(IndexTables.REPLY_TEXT, 0);
      people[number] = row.getLong(IndexTables.PEOPLE, 0);
      if (graph == null) {
        float[] vector = ExampleReader.floats(row, IndexTables.VECTOR);
        if (vectors == null) {
          vectors = new ExactSearch.Builder(vector.length, replies.length);
        }
        vectors.set(number, vector);
      }
    }

    IndexedTexts texts(boolean hasQueries, Consumer<Responder.Resource> resources) {
      BatchedSearch search = new BatchedSearch(graph == null ? vectors.build() : graph);
      resources.accept(search::close);
      return new IndexedTexts(
          hasQueries ? Arrays.asList(queries) : List.of(), Arrays.asList(replies), people, search);
    }
  }

  /**
   * A reader.
   *
   * @param resources take what must be closed after use
   */
  IndexReader(JobContext job, String index, String table, Consumer<Responder.Resource> resources) {
    this.job = job;
    this.index = index;
    this.table = table;
    this.resources = resources;
  }

  /**
   * Reads the table.
   *
   * @return by language
   * @throws BadInputException if it is not as build-index writes it
   */
  Map<String, IndexedTexts> read() throws IOException {
    boolean hasQueries = table.equals(IndexTables.PAIRS);
    Manifest manifest = job.input(ResponderSettings.INDEX);
    for (Map.Entry<String, Long> count : manifest.counts().entrySet()) {
      if (count.getKey().startsWith(table + ".")) {
        String lang = count.getKey().substring(table.length() + 1);
        languages.put(lang, new Language(Math.toIntExact(count.getValue()), graph(manifest, lang)));
      }
    }
    for (ExampleReader.Part part : ExampleReader.parts(index, manifest, table)) {
      read(new Path(part.path()), hasQueries);
    }
    Map<String, IndexedTexts> texts = new HashMap<>();
    languages.forEach((lang, rows) -> texts.put(lang, rows.texts(hasQueries, resources)));
    return texts;
  }

  private void read(Path file, boolean hasQueries) throws IOException {
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file)
            .withConf(job.directories().fileSystem(file).getConf())
            .build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        languages.get(row.getString(IndexTables.LANG, 0)).add(row, hasQueries);
      }
    } catch (RuntimeException e) {
      // Without the cause: its message may contain the row.
      throw new BadInputException(
          file + " is not as build-index writes it; make the index again with --overwrite");
    }
  }

  /** The graph of a language; null if it has none. Lucene reads local files only. */
  private VectorSearch graph(Manifest manifest, String lang) throws IOException {
    String directory = IndexTables.graph(table, lang) + "/";
    List<String> files =
        manifest.files().stream()
            .map(Manifest.OutputFile::path)
            .filter(path -> path.startsWith(directory))
            .toList();
    if (files.isEmpty()) {
      return null;
    }
    java.nio.file.Path local = Files.createTempDirectory("dialogbert-graph");
    for (String file : files) {
      Path from = new Path(index, file);
      FileSystem fileSystem = job.directories().fileSystem(from);
      java.nio.file.Path to = local.resolve(IndexTables.luceneFile(from.getName()));
      fileSystem.copyToLocalFile(false, from, new Path(to.toUri()), true);
    }
    HnswSearch graph = HnswSearch.open(local);
    resources.accept(
        () -> {
          try {
            graph.close();
            FileUtils.deleteDirectory(local.toFile());
          } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + local, e);
          }
        });
    return graph;
  }
}
