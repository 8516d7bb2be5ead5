/** Learns pieces from counted segments by BPE, unigram, or frequency. */
package io.dialogbert.text.train;
