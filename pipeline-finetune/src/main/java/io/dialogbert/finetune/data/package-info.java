/** {@code build-task-data}: from dialogues or labeled files to a task's examples. */
package io.dialogbert.finetune.data;
