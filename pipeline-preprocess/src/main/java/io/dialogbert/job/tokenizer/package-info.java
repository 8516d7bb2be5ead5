/** {@code train-tokenizer}: trains a tokenizer on the dialogues of the training split. */
package io.dialogbert.job.tokenizer;
