/** {@code forget}: removes users from finished directories, and reports what must be rebuilt. */
package io.dialogbert.job.forget;
