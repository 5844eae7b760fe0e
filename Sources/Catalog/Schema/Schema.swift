import GRDB

/// The versions of the database's schema. A migration that was released is never edited: a change is a new one.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(sql: videosTable)
            try db.execute(sql: processingJobsTable)
            try db.execute(sql: indexes)
            try db.execute(sql: statusTriggers)
            try db.execute(sql: historyTriggers)
            try db.execute(sql: contradictionsView)
        }
        migrator.registerMigration("v2") { db in try db.execute(sql: lifecycle) }
        migrator.registerMigration("v3") { db in try db.execute(sql: upkeep) }
        migrator.registerMigration("v3-queue") { db in try db.execute(sql: fairQueue) }
        migrator.registerMigration("v4-deliveries") { db in try db.execute(sql: deliveries) }
        migrator.registerMigration("v4-deaths") { db in try db.execute(sql: deaths) }
        migrator.registerMigration("v5-removals") { db in try db.execute(sql: removals) }
        migrator.registerMigration("v6-devices") { db in try db.execute(sql: devices) }
        return migrator
    }
}
