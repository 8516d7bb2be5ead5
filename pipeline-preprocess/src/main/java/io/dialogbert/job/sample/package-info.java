/** {@code make-sample}: a synthetic messenger export of any size. */
package io.dialogbert.job.sample;
