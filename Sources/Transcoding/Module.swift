enum TranscodingModule {}
