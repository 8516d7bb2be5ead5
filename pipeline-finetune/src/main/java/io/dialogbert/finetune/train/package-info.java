/** {@code finetune} and {@code evaluate-task}: trains for an objective, and measures the result. */
package io.dialogbert.finetune.train;
