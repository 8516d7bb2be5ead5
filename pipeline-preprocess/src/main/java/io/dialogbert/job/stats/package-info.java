/** {@code corpus-stats}: a small table for each question an analyst asks. */
package io.dialogbert.job.stats;
