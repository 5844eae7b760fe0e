enum DropFoldersModule {}
