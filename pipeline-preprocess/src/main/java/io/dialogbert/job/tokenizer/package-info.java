/** {@code train-tokenizer}: a tokenizer of the dialogues of the training split. */
package io.dialogbert.job.tokenizer;
