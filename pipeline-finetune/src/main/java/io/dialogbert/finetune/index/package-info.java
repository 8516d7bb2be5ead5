/** {@code build-index}: what many people asked and answered, with vectors to search it by. */
package io.dialogbert.finetune.index;
