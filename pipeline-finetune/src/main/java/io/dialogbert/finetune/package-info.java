/** The jobs {@code mine-reactions}, {@code build-task-data} and {@code finetune}. */
package io.dialogbert.finetune;
