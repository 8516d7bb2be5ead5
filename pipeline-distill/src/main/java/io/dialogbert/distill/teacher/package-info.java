/** {@code teach}, and the teachers of {@code distill}: networks, and tables of their answers. */
package io.dialogbert.distill.teacher;
