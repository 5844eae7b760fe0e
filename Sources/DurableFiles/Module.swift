enum DurableFilesModule {}
