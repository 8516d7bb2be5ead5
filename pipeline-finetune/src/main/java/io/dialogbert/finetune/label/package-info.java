/** Reads labeled files of any common format into the examples of a task. */
package io.dialogbert.finetune.label;
