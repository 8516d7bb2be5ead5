/** {@code make-sample}: a made-up messenger export of any size. */
package io.dialogbert.job.sample;
