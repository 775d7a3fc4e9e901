/** The commands; wires the rest together. */
package org.saddlemap.cli;
