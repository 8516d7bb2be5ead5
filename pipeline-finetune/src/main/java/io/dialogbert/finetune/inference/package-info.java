/** {@code predict} and {@code embed}: a fine-tuned model over Parquet files of any size. */
package io.dialogbert.finetune.inference;
