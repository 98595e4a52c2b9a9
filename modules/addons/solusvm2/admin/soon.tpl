<section class="card">
  <div class="empty"><i class="fas fa-hourglass-half"></i><b>{$title}: coming soon</b>{$text}</div>
</section>
