/** Learns pieces from counted segments: BPE, unigram, and by frequency. */
package io.dialogbert.text.train;
