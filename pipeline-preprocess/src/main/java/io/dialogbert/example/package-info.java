/**
 * Pretraining examples: how tokenized dialogues become them, and how tokens are masked. Plain Java.
 */
package io.dialogbert.example;
