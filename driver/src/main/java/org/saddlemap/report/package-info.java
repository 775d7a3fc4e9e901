/** The report: a sweep, or two, as one page; and its phase map as a picture. */
package org.saddlemap.report;
