/** What a network is trained for: its heads, losses, batches and figures. */
package io.dialogbert.finetune.objective;
