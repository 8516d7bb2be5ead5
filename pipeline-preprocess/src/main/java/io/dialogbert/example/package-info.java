/**
 * Pretraining examples: making them from tokenized dialogues, and masking their tokens. Plain Java.
 */
package io.dialogbert.example;
