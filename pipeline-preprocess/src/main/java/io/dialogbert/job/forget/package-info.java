/** {@code forget}: takes users out of finished directories, and tells what must be made again. */
package io.dialogbert.job.forget;
