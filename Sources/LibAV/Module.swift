enum LibAVModule {}
