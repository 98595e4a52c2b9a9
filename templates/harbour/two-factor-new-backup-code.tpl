<div class="narrow">
    <section class="card form-card">
        <div class="card-body text-center">
            <h1>{lang key='twofabackupcodenew'}</h1>
            <p class="lead-small">{lang key='twofabackupcodeonce'}</p>
            <p class="backup-code">{$newBackupCode}</p>
            <a class="btn btn-primary btn-block" href="{$WEB_ROOT}/clientarea.php">{lang key='continue'}</a>
        </div>
    </section>
</div>
