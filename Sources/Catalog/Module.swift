enum CatalogModule {}
