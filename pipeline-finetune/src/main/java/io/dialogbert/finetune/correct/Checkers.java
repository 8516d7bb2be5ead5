package io.dialogbert.finetune.correct;

import java.io.IOException;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;

/** Learns a round's checkers, and asks each about the rows that it has not seen. */
interface Checkers {
  /**
   * The judgments of a round, as many for each row as its folds say.
   *
   * @return by the id of the row, in any order
   */
  JavaPairRDD<String, Judgment> judge(Round round, JavaRDD<LabeledRow> rows) throws IOException;
}
