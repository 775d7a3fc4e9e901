/** Questions to a warehouse: SQL sessions and views, and models of what drives the verdicts. */
package org.saddlemap.analysis;
