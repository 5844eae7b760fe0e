enum JobRunnerModule {}
