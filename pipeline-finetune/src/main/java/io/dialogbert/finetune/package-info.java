/** What the rooms of fine-tuning share: the table of task examples, and {@code task.json}. */
package io.dialogbert.finetune;
