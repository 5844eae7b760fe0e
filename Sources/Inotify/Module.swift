enum InotifyModule {}
