/**
 * {@code build-examples} and {@code inspect-examples}: build pretraining examples from dialogues,
 * and show them.
 */
package io.dialogbert.job.example;
