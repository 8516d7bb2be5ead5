/** Nearest neighbors of a vector: exact, or approximate by a graph. Plain Java and Lucene. */
package io.dialogbert.respond.search;
