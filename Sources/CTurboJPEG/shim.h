// The TurboJPEG interface of libjpeg-turbo, as it is.
#ifndef UNDERSTUDY_CTURBOJPEG_SHIM_H
#define UNDERSTUDY_CTURBOJPEG_SHIM_H

#include <turbojpeg.h>

#endif
