/**
 * {@code build-examples} and {@code inspect-examples}: dialogues to pretraining examples, and a
 * look at them.
 */
package io.dialogbert.job.example;
