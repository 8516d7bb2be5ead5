package io.dialogbert.finetune.label;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.label.LabelRule;
import io.dialogbert.task.label.LabelSchema;
import java.util.List;
import java.util.Optional;

/**
 * How texts are written as lines of tokens with BIO tags.
 *
 * @param textColumn column of the token, from 0; tabs are between columns
 * @param tagColumn column of its tag
 * @param space a token that stands for a space; empty if none does
 * @param comment with what a line begins that is no token; empty if every line is one
 * @param groupComment with what a comment begins that starts a group of texts; empty if none does
 */
public record ConllFormat(
    int textColumn, int tagColumn, String space, String comment, String groupComment) {
  /** Names of the columns that a text has. */
  static final String TEXT = "text";

  static final String SPANS = "spans";
  static final String GROUP = "group";

  private static final int MAX_COLUMN = 100;

  static ConllFormat read(ConfigReader in) {
    ConllFormat format =
        new ConllFormat(
            in.intBetween("text-column", 0, MAX_COLUMN),
            in.intBetween("tag-column", 0, MAX_COLUMN),
            in.string("space"),
            in.string("comment"),
            in.string("group-comment"));
    if (format.textColumn == format.tagColumn) {
      in.problem("tag-column", "must not be text-column");
    }
    if (!format.groupComment.isEmpty()
        && (format.comment.isEmpty() || !format.groupComment.startsWith(format.comment))) {
      in.problem("group-comment", "must begin with comment");
    }
    return format;
  }

  /** Where the parts of an example are. */
  LabelSchema schema(LabelRule rule, int rowsPerGroup) {
    return new LabelSchema(
        TEXT,
        Optional.empty(),
        Optional.of(SPANS),
        groupComment.isEmpty() ? List.of() : List.of(GROUP),
        rowsPerGroup,
        rule);
  }
}
