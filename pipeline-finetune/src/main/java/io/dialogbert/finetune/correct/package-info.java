/** {@code correct-labels}: finds labels that are probably wrong, and mends them. */
package io.dialogbert.finetune.correct;
