enum CommandsModule {}
