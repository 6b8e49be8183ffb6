package dev.burgage.control.access;

import java.util.List;

/// What each route asks of a token, the first that fits counting: its scope must reach what the
/// path names, its right must include the one here. What is not here takes an administrator of the
/// fleet; a test sees to it that every route is here all the same. Nodes' own paths are not: see
/// [Rights].
final class Routes {
  static final List<Route> ALL =
      """
      GET    /v1/openapi.json                                   ANY     read
      GET    /v1/tokens                                         FLEET   admin
      POST   /v1/tokens                                         FLEET   admin
      GET    /v1/tokens/{id}                                    FLEET   admin
      DELETE /v1/tokens/{id}                                    FLEET   admin
      GET    /v1/nodes                                          FLEET   read
      POST   /v1/nodes                                          FLEET   admin
      POST   /v1/nodes/{node}/token                             FLEET   admin
      DELETE /v1/nodes/{node}                                   FLEET   admin
      GET    /v1/purges/{database}                              FLEET   read
      GET    /v1/drills                                         FLEET   read
      POST   /v1/drills                                         FLEET   admin
      GET    /actuator                                          FLEET   read
      GET    /actuator/prometheus                               FLEET   read

      GET    /v1/pools                                          POOLS   read
      POST   /v1/pools                                          FLEET   admin
      GET    /v1/pools/{pool}                                   POOL    read
      PATCH  /v1/pools/{pool}                                   FLEET   admin
      DELETE /v1/pools/{pool}                                   FLEET   admin

      GET    /v1/pools/{pool}/tenants                           POOL    read
      POST   /v1/pools/{pool}/tenants                           POOL    admin
      GET    /v1/pools/{pool}/tenants/{tenant}                  TENANT  read
      PATCH  /v1/pools/{pool}/tenants/{tenant}                  POOL    admin
      DELETE /v1/pools/{pool}/tenants/{tenant}                  TENANT  admin
      POST   /v1/pools/{pool}/tenants/{tenant}/undelete         TENANT  admin
      POST   /v1/pools/{pool}/tenants/{tenant}/suspend          TENANT  admin
      POST   /v1/pools/{pool}/tenants/{tenant}/resume           TENANT  admin
      POST   /v1/pools/{pool}/tenants/{tenant}/release          FLEET   admin
      POST   /v1/pools/{pool}/tenants/{tenant}/query            TENANT  read
      POST   /v1/pools/{pool}/tenants/{tenant}/execute          TENANT  read
      GET    /v1/pools/{pool}/tenants/{tenant}/bookmark         TENANT  read
      GET    /v1/pools/{pool}/tenants/{tenant}/diff             TENANT  read
      POST   /v1/pools/{pool}/tenants/{tenant}/restore          TENANT  write
      POST   /v1/pools/{pool}/tenants/{tenant}/fork             POOL    admin

      GET    /v1/pools/{pool}/tenants/{tenant}/export           TENANT  read
      PUT    /v1/pools/{pool}/tenants/{tenant}/import           TENANT  write
      GET    /v1/pools/{pool}/tenants/{tenant}/imports/{id}     TENANT  read

      GET    /v1/pools/{pool}/tenants/{tenant}/backups          TENANT  read
      POST   /v1/pools/{pool}/tenants/{tenant}/backups          TENANT  write
      GET    /v1/pools/{pool}/tenants/{tenant}/backups/{id}     TENANT  read
      GET    /v1/pools/{pool}/tenants/{tenant}/backups/{id}/file TENANT read
      POST   /v1/pools/{pool}/tenants/{tenant}/backups/{id}/restore TENANT write
      DELETE /v1/pools/{pool}/tenants/{tenant}/backups/{id}     TENANT  admin

      GET    /v1/pools/{pool}/migrations                        POOL    read
      POST   /v1/pools/{pool}/migrations                        POOL    admin
      GET    /v1/pools/{pool}/migrations/lint                   POOL    read
      POST   /v1/pools/{pool}/migrations/lint                   POOL    admin
      GET    /v1/pools/{pool}/migrations/{version}              POOL    read
      GET    /v1/pools/{pool}/drift                             POOL    read
      POST   /v1/pools/{pool}/drift/checks                      POOL    admin

      GET    /v1/pools/{pool}/rollouts                          POOL    read
      POST   /v1/pools/{pool}/rollouts                          POOL    admin
      GET    /v1/pools/{pool}/rollouts/{id}                     POOL    read
      GET    /v1/pools/{pool}/rollouts/{id}/targets             POOL    read
      GET    /v1/pools/{pool}/rollouts/{id}/events              POOL    read
      GET    /v1/pools/{pool}/rollouts/{id}/rehearsals          POOL    read
      POST   /v1/pools/{pool}/rollouts/{id}/rehearsals          POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/start               POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/pause               POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/resume              POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/abort               POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/undo                POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/retry               POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/exclude             POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/mark-applied        POOL    admin
      POST   /v1/pools/{pool}/rollouts/{id}/approve             POOL    admin

      GET    /client/v4/user/tokens/verify                      ANY     read
      GET    /client/v4/user                                    ANY     read
      GET    /client/v4/accounts                                ANY     read
      GET    /client/v4/memberships                             ANY     read
      POST   /client/v4/graphql                                 ANY     read
      GET    /client/v4/accounts/{account}                      ACCOUNT read
      GET    /client/v4/accounts/{account}/d1/database          ACCOUNT read
      POST   /client/v4/accounts/{account}/d1/database          POOL    admin
      GET    /client/v4/accounts/{account}/d1/database/{database}         TENANT read
      PUT    /client/v4/accounts/{account}/d1/database/{database}         TENANT admin
      PATCH  /client/v4/accounts/{account}/d1/database/{database}         TENANT admin
      DELETE /client/v4/accounts/{account}/d1/database/{database}         TENANT admin
      POST   /client/v4/accounts/{account}/d1/database/{database}/query   TENANT read
      POST   /client/v4/accounts/{account}/d1/database/{database}/raw     TENANT read
      POST   /client/v4/accounts/{account}/d1/database/{database}/import  TENANT write
      POST   /client/v4/accounts/{account}/d1/database/{database}/export  TENANT read
      GET    /client/v4/accounts/{account}/d1/database/{database}/time_travel/bookmark    TENANT read
      GET    /client/v4/accounts/{account}/d1/database/{database}/time-travel/bookmark    TENANT read
      POST   /client/v4/accounts/{account}/d1/database/{database}/time_travel/restore     TENANT write
      POST   /client/v4/accounts/{account}/d1/database/{database}/time-travel/restore     TENANT write
      GET    /client/v4/accounts/{account}/d1/database/{database}/backup                  TENANT read
      POST   /client/v4/accounts/{account}/d1/database/{database}/backup                  TENANT write
      GET    /client/v4/accounts/{account}/d1/database/{database}/backup/{backup}/download TENANT read
      POST   /client/v4/accounts/{account}/d1/database/{database}/backup/{backup}/restore TENANT write
      """
          .lines()
          .filter(line -> !line.isBlank())
          .map(Route::of)
          .toList();

  private Routes() {}
}
