<div class="card mb-3">
  <div class="card-header">Statistics</div>
  <div class="card-body">
    <p>Disk space: {$account.disk|default:'0'|escape} MB</p>
    <p>Last restart: {$account.restarted|default:'never'|escape}</p>
  </div>
</div>
