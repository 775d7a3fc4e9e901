/**
 * What is written down: records, and the registry of columns that schema, documentation and readers
 * come from.
 */
package org.saddlemap.record;
