/** From a trial to its record; the only door that the driver uses. */
package org.saddlemap.run;
