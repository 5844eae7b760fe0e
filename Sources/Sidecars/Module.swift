enum SidecarsModule {}
