package io.dialogbert.distill.teacher;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.task.TaskExample;
import org.apache.parquet.example.data.Group;

/** A training example and the dialogues that it is from. */
record SourceRow(TaskExample example, String[] dialogueIds) {
  static SourceRow decode(Group row) {
    return new SourceRow(TaskRows.decode(row), TaskRows.dialogueIds(row));
  }
}
