/** As in package.json; a test compares. */
export const PACKAGE_NAME = "@cardata/node-red-contrib-cardata";
export const PACKAGE_VERSION = "0.1.0";
export const PACKAGE_HOMEPAGE = "https://github.com/OWNER/node-red-contrib-cardata#readme";
