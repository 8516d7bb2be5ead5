/** The jobs {@code build-task-data} and {@code finetune}. */
package io.dialogbert.finetune;
