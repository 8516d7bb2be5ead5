package io.dialogbert.respond.search;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.FSDirectory;

/**
 * Approximate search by a hierarchical navigable small-world graph, as Lucene builds it.
 *
 * @see <a href="https://arxiv.org/abs/1603.09320">Malkov and Yashunin 2016</a>
 */
public final class HnswSearch implements VectorSearch, Closeable {
  /** Lucene's own limit. */
  public static final int MAX_LENGTH = 1024;

  private static final String VECTOR = "vector";
  private static final String ROW = "row";

  /** The graph is searched for at least as many; more cost time and raise recall. */
  private static final int MIN_VISITED = 200;

  private static final double BUFFER_MIB = 512;

  private final IndexReader reader;
  private final IndexSearcher searcher;

  private HnswSearch(IndexReader reader) {
    this.reader = reader;
    this.searcher = new IndexSearcher(reader);
  }

  /** Writes a graph into a directory. */
  public static final class Builder implements Closeable {
    private final FSDirectory directory;
    private final IndexWriter writer;
    private int size;

    /**
     * Starts without vectors.
     *
     * @param directory local and empty
     */
    public Builder(Path directory) throws IOException {
      this.directory = FSDirectory.open(directory);
      this.writer =
          new IndexWriter(
              this.directory,
              new IndexWriterConfig().setRAMBufferSizeMB(BUFFER_MIB).setUseCompoundFile(false));
    }

    /**
     * Adds a vector. Its row is the number of vectors before it.
     *
     * @param vector float32 [D], of length 1, D at most {@value #MAX_LENGTH}
     */
    public void add(float[] vector) throws IOException {
      Document document = new Document();
      document.add(
          new KnnFloatVectorField(VECTOR, vector.clone(), VectorSimilarityFunction.DOT_PRODUCT));
      document.add(new NumericDocValuesField(ROW, size));
      writer.addDocument(document);
      size = Math.incrementExact(size);
    }

    /** Joins all parts of the graph into one, which is faster to search, and writes it. */
    public void finish() throws IOException {
      writer.forceMerge(1);
      writer.commit();
    }

    @Override
    public void close() throws IOException {
      writer.close();
      directory.close();
    }
  }

  /**
   * Opens a graph.
   *
   * @param directory local; must not change until the search is closed
   */
  public static HnswSearch open(Path directory) throws IOException {
    return new HnswSearch(DirectoryReader.open(FSDirectory.open(directory)));
  }

  @Override
  public int size() {
    return reader.numDocs();
  }

  @Override
  public List<List<Hit>> nearest(List<float[]> queries, int count) {
    return queries.parallelStream().map(query -> visit(query, count)).toList();
  }

  private List<Hit> visit(float[] query, int count) {
    try {
      List<Hit> hits = new ArrayList<>();
      for (ScoreDoc found : search(query, Math.max(count, MIN_VISITED))) {
        // Lucene maps dot products to scores from 0 to 1.
        hits.add(new Hit(row(found.doc), 2 * found.score - 1));
      }
      hits.sort(Hit.BEST_FIRST);
      return List.copyOf(hits.subList(0, Math.min(count, hits.size())));
    } catch (IOException e) {
      throw new UncheckedIOException("the graph cannot be read", e);
    }
  }

  private ScoreDoc[] search(float[] query, int visited) throws IOException {
    return searcher.search(new KnnFloatVectorQuery(VECTOR, query, visited), visited).scoreDocs;
  }

  private int row(int document) throws IOException {
    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
    NumericDocValues rows = leaf.reader().getNumericDocValues(ROW);
    rows.advance(document - leaf.docBase);
    return (int) rows.longValue();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
